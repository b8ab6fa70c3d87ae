"""Write the manual anew: the generated pages, the tables in others, and what each command prints today."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.docs.blocks import DOCS, pages, rewrite_consoles, working_in, write_named_specs
from tests.docs.pictures import PICTURES, draw
from tests.docs.reference import generated_pages
from tests.docs.schemas import generated_schemas
from tests.docs.tables import fill


def main() -> None:
    made = generated_pages()
    for page in (*DOCS.glob("layers/*.md"), *DOCS.glob("rules/*.md")):
        if page.name != "index.md" and page not in made:
            page.unlink()
    for page, text in (*made.items(), *generated_schemas().items()):
        page.write_text(text, encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_named_specs(folder)
        with working_in(folder):
            for picture in PICTURES:
                (DOCS / picture).write_text(draw(picture), encoding="utf-8")
            for page in pages():
                if page not in made:
                    text = rewrite_consoles(fill(page.read_text(encoding="utf-8"), page))
                    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
