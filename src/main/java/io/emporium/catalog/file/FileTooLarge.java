package io.emporium.catalog.file;

import java.io.IOException;

/** More bytes came than a file may have. */
public final class FileTooLarge extends IOException {
    private static final long serialVersionUID = 1L;
}
