"""`python -m sqrtd`: the command line, also from a checkout that is not installed."""

import sys

from sqrtd.cli import main

sys.exit(main())
