/* The documentation page of the REST API: <div id="ui" data-openapi="/api/v1/openapi.json">. Needs swagger-ui-bundle.js before it. */
const box = document.querySelector('[data-openapi]');
if (box) window.SwaggerUIBundle({ url: box.dataset.openapi, dom_id: `#${box.id}`, validatorUrl: null, deepLinking: false /* its links would stand inside buttons */, persistAuthorization: false });
