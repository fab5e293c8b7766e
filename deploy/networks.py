"""Networks as an operator writes them; of the standard library alone, since it is read before anything is installed."""

from ipaddress import ip_network


def networks(words: str) -> list[str]:
    """Addresses or networks, comma between, as an operator writes them. Raises ValueError that names what is none."""
    return [str(ip_network(word.strip())) for word in words.split(",") if word.strip()]
