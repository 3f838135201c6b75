"""Names that nothing bears any more (消失地名): recorded by offices, and those that the register itself ended."""
