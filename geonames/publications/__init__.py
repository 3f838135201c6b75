"""Publications of standard place names (标准地名出版物, 地名管理条例 Art. 22): the list of a region as a book.

Pure: `model` (what a book is made of), `strokes` (笔画数), `indices`, `collating` (from rows of the register to a
book). With libraries and no database: `pdf` (Typst), `word`, `publishing` (both into a folder). What reads the
register and keeps the files is the bulk export (`geonames.exchange`), of which a book is one format: one state of the
register, whole or not at all.
"""
