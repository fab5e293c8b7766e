"""PDF, Excel, QR codes and photos."""
