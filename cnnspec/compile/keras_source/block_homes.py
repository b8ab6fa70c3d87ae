"""Where the function of a block is written: in the module, or inside the network's own function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnspec.compile.keras_source.frame import Frame, NameMeaning, NameScope, PrintPlace
from cnnspec.elaborate.values import BlockFunction
from cnnspec.syntax.tree import names_in

if TYPE_CHECKING:
    from cnnspec.compile.trace import Use
    from cnnspec.elaborate.values import Scope


class BlockHomes:
    """The frames and names of the module and of the network's own function, `main`.

    `is_bare`: the network stands in its file without a model around it, so that a block may read its names.
    """

    def __init__(self, module: Frame, main: Frame, top: Scope, is_bare: bool) -> None:
        self.module, self.main, self.is_bare = module, main, is_bare
        self._files: dict[int, NameScope] = {}
        self.file_env = self.names_of(top)
        self.main_env = NameScope(self.file_env)

    def names_of(self, scope: Scope) -> NameScope:
        """The blocks that a file defines."""
        env = self._files.get(id(scope))
        if env is None:
            env = self._files[id(scope)] = NameScope(None)
            for name, value in scope.names.items():
                if isinstance(value, BlockFunction):
                    env.names[name] = NameMeaning("block", "", value)
        return env

    def module_place(self, uses: list[Use]) -> PrintPlace:
        """A place in the module, outside of every function."""
        return PrintPlace(self.module, self.file_env, "", uses)

    def main_place(self, uses: list[Use]) -> PrintPlace:
        """The place where the network's own function begins."""
        return PrintPlace(self.main, self.main_env, "", uses)

    def find_home(self, function: BlockFunction) -> tuple[Frame, NameScope]:
        """The function in which a block's is written, and the names around it.

        That is the network's own for a block that reads the network's names, itself or by a block that it calls.
        """
        env = self.names_of(function.scope)
        if not self.is_bare or env is not self.file_env:
            return self.module, env
        seen: set[int] = set()
        queue = [function]
        while queue:
            block = queue.pop()
            seen.add(id(block.block))
            names = names_in(block.block)
            if names & self.main_env.names.keys():
                return self.main, self.main_env
            for name in names:
                called = function.scope.names.get(name)
                if (
                    isinstance(called, BlockFunction)
                    and called.scope is function.scope
                    and id(called.block) not in seen
                ):
                    queue.append(called)
        return self.module, env
