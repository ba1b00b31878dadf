"""Lives as long as Python: scripts are run anew, modules are not."""

import itertools

runs = itertools.count(1)
