"""Reading GenBank flat files: the letters of each record and which of them code for protein, on either strand."""
import gzip
import re


def read(path):
    """[(letters, [coding])] of the records, in small letters; 1 where a CDS feature covers a letter."""
    with gzip.open(path, "rt", encoding="ascii", errors="replace") as file:
        return [record for text in file.read().split("\n//") for record in [parse(text)] if record[0]]


def parse(text):
    head, _, origin = text.partition("\nORIGIN")
    letters = "".join(c for c in origin.partition("\n")[2].lower() if c.isalpha())
    coding = [0] * len(letters)
    for location in re.findall(r"\n     CDS +([^/]*)", head):
        for first, last in spans(location):
            coding[first - 1:last] = [1] * (last - first + 1)
    return letters, coding


def spans(location):
    """First and last letter of each part, counted from 1; parts in other records are left out."""
    found = []
    for part in re.sub(r"complement|join|order|[()<>\s]", "", location).split(","):
        if re.fullmatch(r"\d+(\.\.\d+)?", part):
            first, _, last = part.partition("..")
            found.append((int(first), int(last or first)))
    return found
