"""Publications of division codes (区划代码公布): what was in force on a day, and what changed since the last one."""
