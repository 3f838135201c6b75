"""Place-name heritage (地名文化遗产): lists at four levels, their evidence, their process and their care."""
