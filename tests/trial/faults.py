"""The faults of single rows, by name, with how often each is drawn.

A function returns False where it does not apply; what it plants touches rows that no other fault
has touched.
"""

import cells
import tasks

ROW_FAULTS = {
    "amount differs": (cells.amount_differs, 4),
    "zero for an amount": (cells.amount_zero, 1),
    "sign": (cells.amount_sign, 1),
    "transposed": (cells.amount_transposed, 2),
    "neighbour's amount": (cells.amount_of_neighbour, 2),
    "scaled ×10ⁿ": (cells.amount_scaled, 3),
    "amount missing": (cells.amount_missing, 3),
    "amount unreadable": (cells.amount_unreadable, 3),
    "finer than a 分": (cells.amount_imprecise, 2),
    "two tasks in one row": (tasks.two_tasks_in_one_row, 2),
    "merged amount": (cells.merged_amount, 2),
    "month differs": (cells.due_differs, 3),
    "month missing": (cells.due_missing, 2),
    "month unreadable": (cells.due_unreadable, 2),
    "purpose differs": (cells.use_differs, 2),
    "purpose missing": (cells.use_missing, 2),
    "progress beyond 100 %": (cells.progress_out_of_range, 2),
    "spent more than received": (cells.spent_beyond_received, 2),
    "reported amount unreadable": (cells.reported_unreadable, 2),
    "figure fell": (cells.figure_fell, 12),
    "figure leapt": (cells.figure_leapt, 8),
    "equation of the row broken": (cells.balance_broken, 12),
    "central beyond funds": (cells.central_beyond_funds, 12),
    "central beyond its total": (cells.central_beyond_total, 12),
    "task missing": (tasks.task_missing, 4),
    "task extra": (tasks.task_extra, 4),
    "task repeated": (tasks.task_repeated, 3),
    "task misplaced": (tasks.task_misplaced, 3),
    "other place or number": (tasks.text_elsewhere, 4),
    "worded otherwise": (tasks.text_worded_otherwise, 2),
    "the place of a sibling": (tasks.text_of_sibling, 3),
    "pair doubtful": (tasks.pair_doubtful, 3),
}
