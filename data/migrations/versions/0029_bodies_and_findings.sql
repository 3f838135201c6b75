-- Which body of a unit somebody decides for (人民政府, 住房和城乡建设主管部门 …): 地名管理条例 Art. 12 names the body, not the
-- person. The words stand in data/rules/offices/bodies.toml. Null: nobody has said; such a role approves no names.
ALTER TABLE diming.role_grant ADD COLUMN body text;

-- How a finding of a case was closed: cured (no longer found), justified with a reason, or overridden by a supervisor
-- with the legal basis. `settled_by`: the account; null for findings closed before this was kept.
ALTER TABLE diming.case_finding
    ADD COLUMN settled_how text CHECK (settled_how IN ('cured', 'justified', 'overridden')),
    ADD COLUMN settled_by uuid REFERENCES diming.account,
    ADD COLUMN ground text,
    ADD COLUMN basis text,
    ADD CONSTRAINT overridden_with_its_basis CHECK (settled_how <> 'overridden' OR (basis IS NOT NULL AND settled_by IS NOT NULL));
