"""How much each may ask: who is counted (`holders`), the counting of one process (`meter`), the door (`door`)."""
