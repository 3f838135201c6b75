"""The gazetteer: places (地名), their names, romanization, classes, applications, heritage and signs."""
