"""What differs between two versions of boundary lines: of two dates, two files, or a file and the register.

`model` is pure; `files` reads lines handed in; `service` asks; `table`, `layers` and `workbook` write it down.
"""
