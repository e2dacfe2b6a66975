"""Checks that answer with whether all held and with words: what is taken in, what comes back, texts."""

import os

import came_back
import support
import taken_in
import texts


def outcome(function, context):
    # What is tried at random, or swept over, follows the limit.
    os.environ["FAULTS_KILLS"] = str(context.most(60))
    os.environ["FAULTS_STEP"] = "60" if context.limit else "1"
    ok, words = function(context.folder(), context.program)
    if words.startswith("not tried"):
        return support.Outcome(skipped=words)
    return support.Outcome(tried=1, wrong=[] if ok else [words])


for theme in [taken_in, came_back, texts]:
    for function in theme.CHECKS:
        name = f"{theme.__name__}: {function.__name__}".replace("_", " ")
        support.check(name)(lambda context, function=function: outcome(function, context))
