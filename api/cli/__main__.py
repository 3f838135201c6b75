"""`python -m api.cli`, which the launcher `diming` runs."""

import sys

from api.cli.app import main

sys.exit(main())
