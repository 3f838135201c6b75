-- Whether anybody has shown the present secret of a session. Until then the answer that carried it may be lost, and who
-- still shows the former one is no thief.
ALTER TABLE diming.session ADD COLUMN taken_up boolean NOT NULL DEFAULT true;
