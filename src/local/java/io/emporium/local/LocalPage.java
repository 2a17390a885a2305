package io.emporium.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * Local mode's own page, for browsers and for curl: {@code GET /mails}, {@code /mails?to=address}, {@code /mails/{id}},
 * {@code /mails/{id}.html}, {@code /mails/{id}.eml}, {@code DELETE /mails}; {@code GET /servers} and
 * {@code POST /servers/{name}/stop|start}, with which a test or a curious developer takes a server away and brings it back.
 */
final class LocalPage {

    private static final Pattern MAIL = Pattern.compile("/mails/(\\d{1,9})(\\.html|\\.eml)?");
    private static final Pattern SERVER = Pattern.compile("/servers/([a-z0-9]+)/(start|stop)");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Mailbox mailbox;
    private final Map<String, LocalServer> servers;
    private final Map<String, String> states;
    private HttpServer http;

    /** @param states what each server is at: running, stopped or failed */
    LocalPage(Mailbox mailbox, Map<String, LocalServer> servers, Map<String, String> states) {
        this.mailbox = mailbox;
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
        if (method.equals("GET") && path.equals("/mails")) {
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
            exchange.getResponseHeaders().set("Location", "/mails");
            exchange.sendResponseHeaders(302, -1);
        } else {
            send(exchange, 404, "text/plain", "there is /mails, /mails/{id}, /mails/{id}.html, /servers\n");
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

    private void mails(HttpExchange exchange) throws Exception {
        List<Map<String, Object>> mails = mailbox.list(parameter(exchange, "to"));
        if (!browser(exchange)) {
            json(exchange, 200, Map.of("mails", mails));
            return;
        }
        StringBuilder rows = new StringBuilder();
        for (Map<String, Object> mail : mails) {
            rows.append("<tr><td>%s<td>%s<td><a href=/mails/%s.html>%s</a><td><a href=/mails/%s.eml>source</a>"
                    .formatted(
                            escape(mail.get("date")),
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

    private static String parameter(HttpExchange exchange, String name) {
        String query = exchange.getRequestURI().getRawQuery();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            if (pair.startsWith(name + "=")) {
                return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return null;
    }

    private static String escape(Object text) {
        return text == null ? "" : text.toString().replace("&", "&amp;").replace("<", "&lt;");
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
