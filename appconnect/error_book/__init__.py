"""What an error answer means, what to do about it, and where it is documented: books of entries, as data.

Each CRM's folder has one (``error_book.toml``), reached through ``Platform.error_book``. What HTTP itself
says is in ``http.toml``.
"""

from appconnect.error_book.book import Answered, ErrorBook, ErrorEntry
from appconnect.error_book.explaining import explain
from appconnect.error_book.explanation import Explanation, Knowledge

__all__ = ["Answered", "ErrorBook", "ErrorEntry", "Explanation", "Knowledge", "explain"]
