package io.emporium.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.emporium.local.provider.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * Local mode's own page, for browsers and for curl: {@code GET /outbox}, {@code /outbox?to=recipient}, {@code DELETE /outbox}:
 * everything that would have left, mails, SMS and push messages; {@code /outbox/mails/{id}} shows a mail; {@code GET /mails}, {@code /mails?to=address}, {@code /mails/{id}},
 * {@code /mails/{id}.html}, {@code /mails/{id}.eml}, {@code /mails/{id}/attachments/{number}}, {@code DELETE /mails}; {@code GET /servers} and
 * {@code POST /servers/{name}/stop|start}, with which a test or a curious developer takes a server away and brings it back.
 */
final class LocalPage {

    private static final Pattern MAIL = Pattern.compile("/mails/(\\d{1,9})(\\.html|\\.eml)?");
    private static final Pattern SHOWN = Pattern.compile("/outbox/mails/(\\d{1,9})");
    private static final Pattern ATTACHMENT = Pattern.compile("/mails/(\\d{1,9})/attachments/(\\d{1,3})");
    private static final Pattern SERVER = Pattern.compile("/servers/([a-z0-9]+)/(start|stop)");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Mailbox mailbox;
    private final Phones phones;
    private final Map<String, LocalServer> servers;
    private final Map<String, String> states;
    private HttpServer http;

    /** @param states what each server is at: running, stopped or failed */
    LocalPage(Mailbox mailbox, Phones phones, Map<String, LocalServer> servers, Map<String, String> states) {
        this.mailbox = mailbox;
        this.phones = phones;
        this.servers = servers;
        this.states = states;
    }

    /** Starts it and returns its port. */
    int start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getByName(Ports.HOST), 0), 0);
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.createContext("/", this::handle);
        http.start();
        return http.getAddress().getPort();
    }

    void stop() {
        if (http != null) {
            http.stop(0);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
            String name = host.replaceFirst(":\\d{1,5}$", "");
            if (!name.equals("127.0.0.1") && !name.equals("localhost")) {
                // Another site's name that leads here (DNS rebinding) shall not read the mails.
                send(exchange, 403, "text/plain", "only for localhost\n");
                return;
            }
            try {
                route(exchange);
            } catch (Exception e) {
                send(exchange, 500, "text/plain", e + "\n");
            }
        }
    }

    private void route(HttpExchange exchange) throws Exception {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        Matcher mail = MAIL.matcher(path);
        Matcher server = SERVER.matcher(path);
        Matcher shown = SHOWN.matcher(path);
        Matcher attachment = ATTACHMENT.matcher(path);
        if (method.equals("GET") && path.equals("/outbox")) {
            outbox(exchange);
        } else if (method.equals("DELETE") && path.equals("/outbox")) {
            mailbox.clear();
            phones.clear();
            exchange.sendResponseHeaders(204, -1);
        } else if (method.equals("GET") && shown.matches() && mailbox.has(Integer.parseInt(shown.group(1)))) {
            show(exchange, Integer.parseInt(shown.group(1)));
        } else if (method.equals("GET") && attachment.matches() && mailbox.has(Integer.parseInt(attachment.group(1)))) {
            attachment(exchange, Integer.parseInt(attachment.group(1)), Integer.parseInt(attachment.group(2)));
        } else if (method.equals("GET") && path.equals("/mails")) {
            mails(exchange);
        } else if (method.equals("DELETE") && path.equals("/mails")) {
            mailbox.clear();
            exchange.sendResponseHeaders(204, -1);
        } else if (method.equals("GET") && mail.matches() && mailbox.has(Integer.parseInt(mail.group(1)))) {
            mail(exchange, Integer.parseInt(mail.group(1)), mail.group(2));
        } else if (method.equals("GET") && path.equals("/servers")) {
            json(exchange, 200, new LinkedHashMap<>(states));
        } else if (method.equals("POST") && server.matches() && servers.containsKey(server.group(1))) {
            // A page of another site can post a form here, but not with a header of its own.
            if (exchange.getRequestHeaders().getFirst("X-Emporium-Local") == null) {
                send(exchange, 403, "text/plain", "send the header X-Emporium-Local: 1\n");
            } else {
                move(servers.get(server.group(1)), server.group(2));
                json(exchange, 200, Map.of(server.group(1), states.get(server.group(1))));
            }
        } else if (method.equals("GET") && path.equals("/")) {
            exchange.getResponseHeaders().set("Location", "/outbox");
            exchange.sendResponseHeaders(302, -1);
        } else {
            send(exchange, 404, "text/plain", "there is /outbox, /mails, /mails/{id}, /mails/{id}.html, /servers\n");
        }
    }

    private void move(LocalServer server, String to) throws Exception {
        synchronized (server) {
            boolean running = "running".equals(states.get(server.name()));
            if (to.equals("stop") && running) {
                server.stop();
                states.put(server.name(), "stopped");
            } else if (to.equals("start") && !running) {
                server.start();
                states.put(server.name(), "running");
            }
        }
    }

    /** On a telephone's screen a row of the table is a block of lines. */
    private static final String STYLE = """
            <!doctype html><html lang=en><meta charset=utf-8>
            <meta name=viewport content="width=device-width, initial-scale=1"><style>
            :root{color-scheme:light dark}
            body{font:16px/1.45 system-ui,sans-serif;margin:2em auto;padding:0 1.2em;max-width:70em;overflow-wrap:break-word}
            table{border-collapse:collapse;width:100%}
            td,th{padding:.5em 1em .5em 0;text-align:left;vertical-align:top;border-bottom:1px solid #8886}
            td:nth-child(-n+3){white-space:nowrap}td:last-child{overflow-wrap:anywhere}
            iframe{width:100%;height:40em;border:1px solid #888;background:#fff}
            pre{white-space:pre-wrap;border:1px solid #888;padding:1em}
            @media (max-width:40em){body{margin:1em auto}thead{display:none}
            td:nth-child(n){display:block;border:0;padding:.1em 0;white-space:normal;overflow-wrap:anywhere}td:nth-child(n):first-child{padding-top:.7em}td:nth-child(n):last-child{padding-bottom:.7em;border-bottom:1px solid #8886}}
            </style>""";

    /** Everything that would have left, newest first. */
    private void outbox(HttpExchange exchange) throws Exception {
        List<Map<String, Object>> messages = new ArrayList<>(phones.list(recipient(exchange)));
        for (Map<String, Object> mail : mailbox.list(recipient(exchange))) {
            Map<String, Object> message = new LinkedHashMap<>(mail);
            message.put("channel", "email");
            messages.add(message);
        }
        messages.sort(Comparator.comparing((Map<String, Object> message) -> Instant.parse((String) message.get("date")))
                .reversed());
        if (!browser(exchange)) {
            json(exchange, 200, Map.of("messages", messages));
            return;
        }
        StringBuilder rows = new StringBuilder();
        for (Map<String, Object> message : messages) {
            String what = message.get("channel").equals("email")
                    ? "<a href=/outbox/mails/%s>%s</a>".formatted(message.get("id"), escape(message.get("subject")))
                    : (message.get("title") == null ? "" : "<b>" + escape(message.get("title")) + "</b><br>")
                            + escape(message.get("text"));
            rows.append("<tr><td>%s<td>%s<td>%s<td>%s"
                    .formatted(
                            toTheSecond(message.get("date")),
                            escape(message.get("channel")),
                            escape(shorten(message.get("to"))),
                            what));
        }
        page(
                exchange,
                "<title>Outbox of local mode</title><h1>Outbox</h1>"
                        + "<p>Every mail, SMS and push message that Emporium sent in local mode; none has left this machine."
                        + (messages.isEmpty()
                                ? "<p>None yet."
                                : "<table><thead><tr><th>When (UTC)<th>By<th>To<th>What<tbody>" + rows + "</table>"));
    }

    /** A mail as it is seen: its HTML apart from this page and without scripts, its text, and what is attached. */
    private void show(HttpExchange exchange, int number) throws Exception {
        Map<String, Object> mail = mailbox.mail(number);
        StringBuilder attachments = new StringBuilder();
        List<?> names = (List<?>) mail.get("attachments");
        for (int i = 0; i < names.size(); i++) {
            attachments.append(
                    "<li><a href=/mails/%d/attachments/%d>%s</a>".formatted(number, i, escape(names.get(i))));
        }
        page(
                exchange,
                "<title>%s</title><p><a href=/outbox>Outbox</a><h1>%s</h1><p>From %s, to %s, %s"
                                .formatted(
                                        escape(mail.get("subject")),
                                        escape(mail.get("subject")),
                                        escape(mail.get("from")),
                                        escape(mail.get("to")),
                                        toTheSecond(mail.get("date")))
                        + " · <a href=/mails/" + number + ".eml>source</a>"
                        + (names.isEmpty() ? "" : "<h2>Attached</h2><ul>" + attachments + "</ul>")
                        + (mail.get("html") == null
                                ? ""
                                : "<h2>HTML</h2><iframe title='The mail as HTML' sandbox src=/mails/" + number
                                        + ".html></iframe>")
                        + (mail.get("text") == null ? "" : "<h2>Text</h2><pre>" + escape(mail.get("text")) + "</pre>"));
    }

    private void attachment(HttpExchange exchange, int number, int which) throws Exception {
        Mailbox.Attachment attachment = mailbox.attachment(number, which);
        if (attachment == null) {
            send(exchange, 404, "text/plain", "there is no such attachment\n");
            return;
        }
        // Only what a browser shows without running it is shown; the rest is saved.
        boolean isShown = List.of("application/pdf", "image/png", "image/jpeg").contains(attachment.type());
        exchange.getResponseHeaders().set("Content-Type", isShown ? attachment.type() : "application/octet-stream");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders()
                .set(
                        "Content-Disposition",
                        (isShown ? "inline" : "attachment") + "; filename*=UTF-8''"
                                + URLEncoder.encode(attachment.name(), StandardCharsets.UTF_8)
                                        .replace("+", "%20"));
        exchange.sendResponseHeaders(200, attachment.bytes().length == 0 ? -1 : attachment.bytes().length);
        exchange.getResponseBody().write(attachment.bytes());
    }

    private static void page(HttpExchange exchange, String html) throws IOException {
        exchange.getResponseHeaders()
                .set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'");
        send(exchange, 200, "text/html", STYLE + html);
    }

    private static String toTheSecond(Object date) {
        return DateTimeFormatter.ofPattern("uuuu-MM-dd'&nbsp;'HH:mm:ss")
                .withZone(ZoneOffset.UTC)
                .format(Instant.parse((String) date));
    }

    /** A device's token is as long as a page is wide. */
    private static String shorten(Object text) {
        String whole = String.valueOf(text);
        return whole.length() <= 40 ? whole : whole.substring(0, 40) + "…";
    }

    private void mails(HttpExchange exchange) throws Exception {
        List<Map<String, Object>> mails = mailbox.list(recipient(exchange));
        if (!browser(exchange)) {
            json(exchange, 200, Map.of("mails", mails));
            return;
        }
        StringBuilder rows = new StringBuilder();
        for (Map<String, Object> mail : mails) {
            rows.append("<tr><td>%s<td>%s<td><a href=/mails/%s.html>%s</a><td><a href=/mails/%s.eml>source</a>"
                    .formatted(
                            toTheSecond(mail.get("date")),
                            escape(mail.get("to")),
                            mail.get("id"),
                            escape(mail.get("subject")),
                            mail.get("id")));
        }
        send(
                exchange,
                200,
                "text/html",
                "<!doctype html><meta charset=utf-8><title>Mails of local mode</title>"
                        + "<style>body{font:16px system-ui;margin:2em}td{padding:.2em 1em .2em 0}</style>"
                        + "<h1>Mails</h1><p>Every mail that Emporium sent in local mode; none has left this machine."
                        + (mails.isEmpty() ? "<p>None yet." : "<table>" + rows + "</table>"));
    }

    private void mail(HttpExchange exchange, int number, String form) throws Exception {
        if (".eml".equals(form)) {
            send(exchange, 200, "text/plain", new String(mailbox.raw(number), StandardCharsets.UTF_8));
        } else if (".html".equals(form)) {
            Map<String, Object> mail = mailbox.mail(number);
            // A mail may carry anything; it is shown without scripts and as a stranger to this page.
            exchange.getResponseHeaders().set("Content-Security-Policy", "sandbox; script-src 'none'");
            Object html = mail.get("html");
            send(exchange, 200, "text/html", html != null ? html.toString() : "<pre>" + escape(mail.get("text")));
        } else {
            json(exchange, 200, mailbox.mail(number));
        }
    }

    private static boolean browser(HttpExchange exchange) {
        String accept = exchange.getRequestHeaders().getFirst("Accept");
        return accept != null && accept.startsWith("text/html");
    }

    /** Whose messages are asked for; null: everybody's. */
    private static String recipient(HttpExchange exchange) {
        return Http.form(exchange.getRequestURI().getRawQuery()).get("to");
    }

    private static String escape(Object text) {
        return text == null
                ? ""
                : text.toString().replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        send(exchange, status, "application/json", JSON.writeValueAsString(body) + "\n");
    }

    private static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
