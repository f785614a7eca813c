def run(url, settings):
    return True
