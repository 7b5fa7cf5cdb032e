"""One module per channel: each turns a Reply into what its visitors see."""
