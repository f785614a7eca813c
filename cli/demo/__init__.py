"""The bundled samples and the story told with them."""
