"""Archives of names (地名档案): one package for each naming case and each place, how long it is kept, who took it."""
