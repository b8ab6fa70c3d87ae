"""What a question comes to that is not answered."""


class Refused(Exception):
    """Why there is no answer: a sentence for who reads the page."""
