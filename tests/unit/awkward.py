"""Values that a careless quoting would break."""

AWKWARD = [
    "",
    "plain",
    " blanks at both ends ",
    'it\'s "quoted" and `quoted`',
    "back\\slash \\n \\\\ \\",
    "$HOME ${HOME} $(id) %i %%",
    "two\nlines\n",
    "tab\tand carriage\rreturn",
    "# no comment ; nor this",
    "name=value",
    "größe 漢字",
    '\\"`$',
]
