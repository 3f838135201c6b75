-- The agreement or decision by which a side's survey changes the line: without one a change has no effect.
ALTER TABLE diming.comparison
    ADD document_a text CHECK (document_a ~ '\S' AND length(document_a) <= 200),
    ADD document_b text CHECK (document_b ~ '\S' AND length(document_b) <= 200);
