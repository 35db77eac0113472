"""Regular expressions in JavaScript's own dialect, as form-js runs them, with a limit of time.

QuickJS is asked instead of Python's `re`: the dialects differ (`\\d`, `$`, `\\u{…}`, look-behind), and a pattern is a
designer's, so it may be one that runs for ever; QuickJS can be interrupted, `re` cannot. A test takes about 2 µs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import cast

import quickjs

from forms.allowance import Spent, within

PHONE = (
    r"(\+|00)(297|93|244|1264|358|355|376|971|54|374|1684|1268|61|43|994|257|32|229|226|880|359|973|1242|3"
    r"87|590|375|501|1441|591|55|1246|673|975|267|236|1|61|41|56|86|225|237|243|242|682|57|269|238|506|53|"
    r"5999|61|1345|357|420|49|253|1767|45|1809|1829|1849|213|593|20|291|212|34|372|251|358|679|500|33|298|"
    r"691|241|44|995|44|233|350|224|590|220|245|240|30|1473|299|502|594|1671|592|852|504|385|509|36|62|44|"
    r"91|246|353|98|964|354|972|39|1876|44|962|81|76|77|254|996|855|686|1869|82|383|965|856|961|231|218|17"
    r"58|423|94|266|370|352|371|853|590|212|377|373|261|960|52|692|389|223|356|95|382|976|1670|258|222|166"
    r"4|596|230|265|60|262|264|687|227|672|234|505|683|31|47|977|674|64|968|92|507|64|51|63|680|675|48|178"
    r"7|1939|850|351|595|970|689|974|262|40|7|250|966|249|221|65|500|4779|677|232|503|378|252|508|381|211|"
    r"239|597|421|386|46|268|1721|248|963|1649|235|228|66|992|690|993|670|676|1868|216|90|688|886|255|256|"
    r"380|598|1|998|3906698|379|1784|58|1284|1340|84|678|681|685|967|27|260|263)(9[976]\d|8[987530]\d|6[98"
    r"7]\d|5[90]\d|42\d|3[875]\d|2[98654321]\d|9[8543210]|8[6421]|6[6543210]|5[87654321]|4[987654310]|3[96"
    r"43210]|2[70]|7|1)\d{4,20}$"
)
"""An international number, the pattern of form-js 1.23 (its `validationType` phone)."""

_SECONDS = 0.1
_BYTES = 16_000_000
_SOURCE = """
(function () {
  const known = new Map();
  return function (source, text) {
    let pattern = known.get(source);
    if (!pattern) {
      if (known.size > 500) known.clear();
      known.set(source, pattern = new RegExp(source));
    }
    return pattern.test(text);
  };
})()
"""
_local = threading.local()


def matches(source: str, text: str) -> bool:
    """Tell whether `source` is found anywhere in `text`; what takes longer than 0.1 s of computing is not found."""
    try:
        return bool(within(lambda: _tester()(source, text)))
    except Spent:
        return False
    except quickjs.JSException:
        _local.tester = None
        return False


def check(source: str) -> str | None:
    """Give the reason why `source` is no regular expression, or None."""
    try:
        _tester()(source, "")
    except quickjs.JSException as error:
        return str(error).splitlines()[0].removeprefix("SyntaxError: ")
    return None


def _tester() -> Callable[[str, str], object]:
    tester = getattr(_local, "tester", None)
    if tester is None:
        context = quickjs.Context()
        context.set_memory_limit(_BYTES)
        context.set_time_limit(_SECONDS)
        tester = _local.tester = context.eval(_SOURCE)
    return cast("Callable[[str, str], object]", tester)
