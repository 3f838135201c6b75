"""Foreign places with their names in the original and in Chinese characters (外语地名汉字译写)."""
