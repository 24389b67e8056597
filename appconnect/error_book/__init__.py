"""What an error answer means, what to do about it, and where it is documented: books of entries, as data.

Each CRM's folder has one (``error_book.toml``), reached through ``Platform.error_book``. What HTTP itself
says is in ``http.toml``.
"""

from typing import TYPE_CHECKING

from appconnect import lazily

if TYPE_CHECKING:
    from appconnect.error_book.book import ErrorBook
    from appconnect.error_book.entries import Answered, ErrorEntry
    from appconnect.error_book.explaining import explain
    from appconnect.error_book.explanation import Explanation, Knowledge
else:
    __getattr__ = lazily.exported(
        __name__,
        {
            ".book": "ErrorBook",
            ".entries": "Answered ErrorEntry",
            ".explaining": "explain",
            ".explanation": "Explanation Knowledge",
        },
    )

__all__ = ["Answered", "ErrorBook", "ErrorEntry", "Explanation", "Knowledge", "explain"]
