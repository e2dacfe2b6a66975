"""The pipeline files of the trial: the shipped one, and two that compare less.

Where 中央资金 itself is compared, an equation that uses it has nothing to say; without that
comparison the rules can be tried.
"""

SHIPPED = "pipelines/sanya-2020.toml"
COMPARE_CENTRAL = '[[check.compare]]\nfield = "central"\n'
BALANCE = (
    '[[check.rule]]\nname = "sources"\ntitle = "资金 = 中央资金 + 已下拨 + 市级财政资金"\n'
    'rule = "funds = central + issued + municipal"\n'
)


def path(name, folder, root):
    """Returns the pipeline file of that name, written into the folder where it is not shipped."""
    shipped = root / SHIPPED
    if name == "sanya-2020":
        return shipped
    text = without(shipped.read_text(), COMPARE_CENTRAL)
    if name == "no-balance":
        text = without(text, BALANCE)
    text = text.replace('"../fixtures/', f'"{root}/fixtures/')
    written = folder / f"{name}.toml"
    written.write_text(text)
    return written


def without(text, part):
    if part not in text:
        raise SystemExit(f"{SHIPPED} has changed; the trial looks for:\n{part}")
    return text.replace(part, "")
