"""Cases (办件): what runs on a procedure's table, with its history, people, findings, opinions and clocks.

`model` are the values, `store` the SQL, `views` what is shown and what guards
see, `deeds` what is done without moving a case, `deadlines` its clocks,
`attachments` the documents handed in, `reading` the questions, `service` the
changes: one function, one transaction, one audit entry. Subjects bring their
procedures and a `Subject`; nothing here knows what a case is about.
"""
