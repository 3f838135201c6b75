"""`python -m tests.samples.yunxi`: draw the sample line again."""

from tests.samples.yunxi.draw import draw, length_m, write

write()
drawn = draw()
print(f"{len(drawn.line)} vertices, {length_m(drawn.line):.1f} m")
