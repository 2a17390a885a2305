package io.emporium.notification;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the pictures of docs/mails.md from what LettersTest and ReceiptPdfTest have left in target/letters: a program for whoever
 * changes a template, no test. It needs chromium, pngquant and pdftoppm (docs/mails.md says how to run it).
 */
final class LetterPictures {
    private static final Path LETTERS = Path.of("target/letters").toAbsolutePath();
    private static final Path DOCS = Path.of("docs").toAbsolutePath();

    private LetterPictures() {}

    public static void main(String[] arguments) throws Exception {
        List<String> letters;
        try (Stream<Path> files = Files.list(LETTERS)) {
            letters = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".html") && !name.matches("(sheet|outbox)-.*"))
                    .sorted()
                    .toList();
        }
        sheet("mails-narrow", letters, 360, 1300, 5, false);
        sheet("mails-wide", letters, 900, 1120, 3, false);
        sheet(
                "mails-dark",
                letters.stream()
                        .filter(name -> name.matches("(order_con|transfer_ins|ship|promo).*"))
                        .toList(),
                360,
                1300,
                4,
                true);
        sheet("outbox-narrow", List.of("outbox-page.html"), 360, 1200, 1, false);
        sheet("outbox-wide", List.of("outbox-page.html"), 900, 1200, 1, false);
        run(
                "pdftoppm",
                "-r",
                "80",
                "-png",
                LETTERS.resolve("receipt.pdf").toString(),
                DOCS.resolve("receipt").toString());
        smaller("receipt-1");
        smaller("receipt-2");
    }

    private static void sheet(String name, List<String> letters, int width, int height, int columns, boolean dark)
            throws Exception {
        String frames = letters.stream()
                .map(letter ->
                        "<figure><figcaption>" + letter.replace(".html", "").replace('_', ' ')
                                + "</figcaption><div><iframe scrolling=no src=" + letter + "></iframe></div></figure>")
                .collect(Collectors.joining());
        String page = """
                <!DOCTYPE html><meta charset=utf-8><style>
                body { margin: 6px; font: 11px Helvetica, Arial, sans-serif; display: grid; gap: 8px;
                       grid-template-columns: repeat(%d, %dpx); background: #cfcbc2; }
                figure { margin: 0; } div { width: %dpx; height: %dpx; overflow: hidden; }
                iframe { border: 0; background: #fff; width: %dpx; height: %dpx; transform: scale(.7); transform-origin: 0 0; }
                </style>%s""".formatted(columns, width * 7 / 10, width * 7 / 10, height * 7 / 10, width, height, frames);
        Path html = LETTERS.resolve("sheet-" + name + ".html");
        Files.writeString(html, page);
        int rows = (letters.size() + columns - 1) / columns;
        List<String> chromium = new ArrayList<>(List.of(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + Files.createTempDirectory("letters"),
                "--window-size=" + (12 + columns * (width * 7 / 10 + 8)) + "," + (12 + rows * (height * 7 / 10 + 26)),
                "--screenshot=" + DOCS.resolve(name + ".png")));
        if (dark) {
            chromium.add("--blink-settings=preferredColorScheme=0");
        }
        chromium.add(html.toUri().toString());
        run(chromium.toArray(String[]::new));
        smaller(name);
    }

    /** 64 colours are enough, and a quarter of the size. */
    private static void smaller(String picture) throws IOException, InterruptedException {
        run(
                "pngquant",
                "--force",
                "--ext",
                ".png",
                "64",
                DOCS.resolve(picture + ".png").toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code);
        }
    }
}
