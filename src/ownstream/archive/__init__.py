"""Images and their layers as archives: written, and read whoever may have written them."""
