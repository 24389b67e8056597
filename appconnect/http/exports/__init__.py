"""Traffic for other programs: HAR for a browser's developer tools, curl for a shell, httpx for Python."""
