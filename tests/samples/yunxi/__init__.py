"""What made `data/samples/yunxi`: the line 甲乙线 with outlines, markers and versions, drawn from a seed."""
