"""The naming rules: dated rows with their articles, checked over a proposed name and what stands around it."""
