"""Where the function of a block is written: in the module, or inside the network's own function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.name_scope import NameScope, Unwritten
from cnnspec.compile.keras_source.print_place import PrintPlace
from cnnspec.elaborate.values import BlockFunction
from cnnspec.syntax.tree import names_in

if TYPE_CHECKING:
    from cnnspec.compile.keras_source.frame import Frame
    from cnnspec.compile.trace import Use
    from cnnspec.elaborate.values import Scope
    from cnnspec.syntax import tree


class BlockHomes:
    """The frames and names of the module and of the network's own function, `main`.

    `blocks` are those that the network calls. `is_bare`: the network stands in its file without a model around it, so
    that a block may read its names.
    """

    def __init__(self, module: Frame, main: Frame, top: Scope, blocks: list[tree.Block], is_bare: bool) -> None:
        self.module, self.main, self.blocks, self.is_bare = module, main, blocks, is_bare
        self._titles = {id(block): module.take_variable(block.name.text) for block in blocks}
        self._files: dict[int, NameScope] = {}
        self.file_names = self.find_names(top)
        self.main_names = NameScope(self.file_names)

    def find_names(self, scope: Scope) -> NameScope:
        """The names that a file gives to blocks."""
        names = self._files.get(id(scope))
        if names is None:
            names = self._files[id(scope)] = NameScope(None)
            blocks = [name for name, value in scope.names.items() if isinstance(value, BlockFunction)]
            names.own.update(dict.fromkeys(blocks, Unwritten()))
        return names

    def module_place(self, uses: list[Use]) -> PrintPlace:
        """A place in the module, outside of every function."""
        return PrintPlace(self.module, self.file_names, "", uses)

    def main_place(self, uses: list[Use]) -> PrintPlace:
        """The place where the network's own function begins."""
        return PrintPlace(self.main, self.main_names, "", uses)

    def find_home(self, function: BlockFunction) -> tuple[Frame, NameScope]:
        """The function in which a block's is written, and the names around it.

        That is the network's own for a block that reads the network's names, itself or by a block that it calls.
        """
        file_names = self.find_names(function.scope)
        if not self.is_bare or file_names is not self.file_names:
            return self.module, file_names
        seen: set[int] = set()
        queue = [function]
        while queue:
            block = queue.pop()
            seen.add(id(block.block))
            names = names_in(block.block)
            if names & self.main_names.own.keys():
                return self.main, self.main_names
            for name in names:
                called = function.scope.names.get(name)
                if (
                    isinstance(called, BlockFunction)
                    and called.scope is function.scope
                    and id(called.block) not in seen
                ):
                    queue.append(called)
        return self.module, file_names

    def name_function(self, block: tree.Block, home: Frame) -> str:
        """A name for a function of a block: the block's own for the first of them, then others like it."""
        return self._titles.pop(id(block), "") or home.take_variable(block.name.text)
