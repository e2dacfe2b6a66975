"""The month before: what the same units had sent in July."""

from layouts import Layout
from submission import NOTE, Submission, Table, clean_rows


def generate(rng, subs, tasks, terms, inbox):
    """Writes the inbox of July; some units sent just what they send in August."""
    inbox.mkdir(parents=True)
    for sub in subs:
        tasks_sent = any(row.role == "task" for row in sub.rows)
        usual = sub.standing == "submitted" and len(sub.files) == 1 and not sub.layout.named_unit
        usual = usual and tasks_sent and not sub.fell and not sub.leapt
        if usual and rng.random() < 0.2:
            before = sub.files
            sub.faults.append("unchanged")
            sub.expect("submission-unchanged", "the same as last month", severity=NOTE)
        else:
            before = july(rng, sub, tasks)
        for name, data in before.items():
            (inbox / name).parent.mkdir(exist_ok=True)
            (inbox / name).write_bytes(data)


def july(rng, sub, tasks):
    layout = Layout(rng, sub.unit)
    while not layout.has_reported:
        layout = Layout(rng, sub.unit)
    layout.part_sheets, layout.totals, layout.title = 1, "none", "unit"
    layout.file_pattern, layout.sheet_name = "{unit}", "七月"
    figures = {row.task.seq: row.july for row in sub.rows if row.role == "task" and row.july}
    rows = clean_rows([task for task in tasks if task.unit == sub.unit])
    for row in rows:
        for field, value in figures.get(row.task.seq, {}).items():
            setattr(row, field, value)
    before = Submission(sub.unit, layout, [Table(rows)])
    layout.lay_out(before, rng)
    return before.files
