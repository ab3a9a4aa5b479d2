"""One table: a line a figure, a column a size."""


def short(size):
    power = len(str(size)) - 1
    return f"10^{power}" if size == 10**power else f"{size:,}"


class Table:
    def __init__(self, sizes):
        self.sizes = sizes
        self.lines = {}  # (row, figure, target) -> {size: text}

    def add(self, row, figure, size, text, target=""):
        self.lines.setdefault((row, figure, target), {})[size] = text

    def __str__(self):
        head = ["row", "figure", *map(short, self.sizes), "target"]
        body = [[row, figure, *(cells.get(size, "") for size in self.sizes), target]
                for (row, figure, target), cells in self.lines.items()]
        widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
        def line(cells):
            return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"
        return "\n".join([line(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, body)])
