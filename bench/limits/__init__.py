"""What the machine could do at best: durable rows, bare HTTP, bare rules, the generator itself."""
