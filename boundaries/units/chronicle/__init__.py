"""The yearly chronicle of code changes, and how it becomes a register.

The source (areacodes, CC0) gives the code list of 31 December 1981 and, for
each year after, the records that ended, began or exchanged land, under the
documents that ordered it. In this order:

* `notation`: one yearly file into descriptions (documents) and change lines;
* `replay`: the code list of each year from the one before;
* `flows`: whose land went where, the selectors of the lines resolved to codes;
* `attribution`: which documents stand behind which line;
* `dating`: on which day each line took effect, or between which days;
* `identity`: persistent units, their versions and lineage;
* `crosscheck`: every disagreement with the published summary, listed.

All of it is pure: values in, values out. What cannot be read or matched is a
`Remark`, counted and printed, never dropped.
"""
