"""Changes one value in a stack's file and nothing else: comments and order are the operator's."""

import yaml

from cli.errors import Failure


def changed(text: str, key: str, value: int) -> str:
    """The file's text with `key` set below `config`; Failure where it cannot be done without guessing."""
    config = _config(text)
    if config is None or not config.value:
        raise Failure(f"The stack's file has no settings under config: write {key}: {value} there yourself.")
    found = [node for name, node in config.value if name.value == key]
    new = _replaced(text, found[0], value) if found else _added(text, config, f"{key}: {value}")
    wanted = yaml.safe_load(text)
    wanted["config"][key] = value
    if not _says(new, wanted):
        raise Failure(
            f"The stack's file is written in a way that is not changed by machine: set {key} to {value} there."
        )
    return new


def _says(text: str, wanted: object) -> bool:
    try:
        return bool(yaml.safe_load(text) == wanted)
    except yaml.YAMLError:
        return False


def _config(text: str) -> yaml.MappingNode | None:
    try:
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    entries = document.value if isinstance(document, yaml.MappingNode) else []
    return next((node for name, node in entries if name.value == "config" and isinstance(node, yaml.MappingNode)), None)


def _replaced(text: str, node: yaml.Node, value: int) -> str:
    return f"{text[: node.start_mark.index]}{value}{text[node.end_mark.index :]}"


def _added(text: str, config: yaml.MappingNode, entry: str) -> str:
    """As the last entry, in the style of the others."""
    end = _end(config.value[-1][1])
    if config.flow_style:
        return f"{text[:end]}, {entry}{text[end:]}"
    line = text.find("\n", end)
    before, after = (text, "") if line < 0 else (text[:line], text[line + 1 :])
    return f"{before}\n{' ' * config.value[0][0].start_mark.column}{entry}\n{after}"


def _end(node: yaml.Node) -> int:
    """Where the last character of a node is: a block collection's own mark lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return end
