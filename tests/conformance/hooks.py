"""The judge must not take its own key or membership away: it would see nothing but 401 from then on."""

import os

import schemathesis

OWN = {own: own[:-8] + "0" * 8 for own in os.environ["ATTESTD_OWN_IDS"].split()}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Asks for a neighbour that does not exist instead."""
    for name, value in (case.path_parameters or {}).items():
        case.path_parameters[name] = OWN.get(value, value)
