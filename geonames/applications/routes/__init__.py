"""Routes (审批路径): who applies, who approves, what is heard before, who files and announces. Dated data."""
