"""Open-files limit of this process: each connection is a file, and many systems start with a limit of a thousand."""

import resource

MOST = 65_536


def open_more_files() -> int:
    """Takes as many as the system lets it have, up to MOST; how many these are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(MOST, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted
