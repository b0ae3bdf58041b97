"""Reads pages of the manual for tests: lists of words under their headings."""
import os
import re

MAN = os.path.join(os.environ["top_srcdir"], "man")


class Item:
    """One .It: its macros' words, its parentheses, and the text below it."""

    def __init__(self, line):
        head, _, self.parens = line[len(".It "):].partition(" Pq ")
        self.words = head.split()
        self.text = ""

    def names(self, macro):
        """The words of a macro, up to the next one: "Va a , b"."""
        found, on = [], False
        for word in self.words:
            if word in ("Va", "Cm", "Ic", "Ar", "Op", "Oo", "Oc", "Li", "Ns"):
                on = word == macro
            elif on and word not in (",", "|"):
                found.append(word)
        return found

    def belongs_to(self):
        """What stands behind "Of", up to the colon: (words, but them?)."""
        match = re.match(r"Of( all but)?\n((?:\.Cm .*\n|and\n)+)",
                         self.text)
        if match is None or not re.search(r" :\n", match[2]):
            return None
        words = re.findall(r"[^\s,:]+", match[2].replace(".Cm", ""))
        return [w for w in words if w != "and"], match[1] is not None


def sections(page):
    """{heading: [Item]} of all .Sh and .Ss of the page; a list within an item
    is that item's text."""
    found, items, depth = {}, [], 0
    with open(os.path.join(MAN, page)) as file:
        for line in file:
            if line.startswith((".Sh ", ".Ss ")):
                items, depth = [], 0
                found[line[4:].strip()] = items
            elif line.startswith(".Bl"):
                depth += 1
            elif line.startswith(".El"):
                depth -= 1
            elif line.startswith(".It ") and depth == 1:
                items.append(Item(line.rstrip("\n")))
            elif items:
                items[-1].text += line
    return found
